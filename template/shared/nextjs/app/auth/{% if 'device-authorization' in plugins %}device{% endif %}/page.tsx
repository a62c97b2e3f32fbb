import { redirect } from "next/navigation";
import { currentSession } from "../../../lib/session.ts";
import { DeviceForm } from "./form.tsx";

/** A device without a keyboard shows this page's address and a code. */
export default async function Device({ searchParams }: PageProps<"/auth/device">) {
  const { user_code: given } = await searchParams;
  const code = typeof given === "string" ? given : "";
  const next = `/auth/device?${new URLSearchParams({ user_code: code })}`;
  if (!(await currentSession())) redirect(`/auth/sign-in?${new URLSearchParams({ next })}`);
  return (
    <>
      <h1>Sign a device in</h1>
      <p>Enter the code that the device shows. Approve only a device in front of you.</p>
      <DeviceForm code={code} />
    </>
  );
}
