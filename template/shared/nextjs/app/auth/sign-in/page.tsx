import Link from "next/link";
import { SignInForm } from "./form.tsx";

export default function SignIn() {
  return (
    <>
      <h1>Sign in</h1>
      <SignInForm />
      <p className="text-sm">
        <Link href="/auth/forgot-password">Forgot your password?</Link>
      </p>
      <p className="text-sm">
        New here? <Link href="/auth/sign-up">Create an account</Link>
      </p>
    </>
  );
}
