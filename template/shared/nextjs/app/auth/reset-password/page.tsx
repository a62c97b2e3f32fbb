import Link from "next/link";
import { ResetPasswordForm } from "./form.tsx";

/** The link of the mail leads here, with a token or an error. */
export default async function ResetPassword({ searchParams }: PageProps<"/auth/reset-password">) {
  const { token } = await searchParams;
  return (
    <>
      <h1>Choose a new password</h1>
      {typeof token === "string" ? (
        <ResetPasswordForm token={token} />
      ) : (
        <p>
          This link is no longer valid. <Link href="/auth/forgot-password">Get a new one</Link>
        </p>
      )}
    </>
  );
}
