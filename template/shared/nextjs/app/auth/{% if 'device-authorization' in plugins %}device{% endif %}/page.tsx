import { redirect } from "next/navigation";
import { currentSession } from "../../../lib/session.ts";
import { DeviceForm } from "./form.tsx";

/** A device without a keyboard shows this page's address and a code. */
export default async function Device({ searchParams }: PageProps<"/auth/device">) {
  const { user_code: code } = await searchParams;
  const page = `/auth/device${typeof code === "string" ? `?user_code=${code}` : ""}`;
  if (!(await currentSession())) redirect(`/auth/sign-in?${new URLSearchParams({ next: page })}`);
  return (
    <>
      <h1>Connect a device</h1>
      <DeviceForm code={typeof code === "string" ? code : ""} />
    </>
  );
}
