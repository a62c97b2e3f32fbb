import Link from "next/link";
import { Failure } from "../../../components/failure.tsx";
import { SignInForm } from "./form.tsx";

export default async function SignIn({ searchParams }: PageProps<"/auth/sign-in">) {
  const { error } = await searchParams;
  return (
    <>
      <h1>Sign in</h1>
      <Failure error={error} />
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
