"use client";

import { Button } from "../components/form.tsx";

/** Shown instead of a page that failed; the server's log has the reason. */
export default function PageFailed({ retry }: { retry: () => void }) {
  return (
    <>
      <h1>Something went wrong</h1>
      <Button onClick={retry}>Try again</Button>
    </>
  );
}
