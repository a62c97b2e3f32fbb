import Link from "next/link";
import { SignUpForm } from "./form.tsx";

export default function SignUp() {
  return (
    <>
      <h1>Create an account</h1>
      <SignUpForm />
      <p className="text-sm">
        Already have one? <Link href="/auth/sign-in">Sign in</Link>
      </p>
    </>
  );
}
