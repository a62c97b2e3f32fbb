import type { ReactNode } from "react";

export default function AuthLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <noscript>These forms need scripts. Allow them for this site, then reload.</noscript>
      {children}
    </>
  );
}
