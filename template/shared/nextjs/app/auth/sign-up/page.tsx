import Link from "next/link";
import { SignUpForm } from "./form.tsx";

export default async function SignUp({ searchParams }: PageProps<"/auth/sign-up">) {
  const signIn = { pathname: "/auth/sign-in", query: await searchParams };
  return (
    <>
      <h1>Create an account</h1>
      <SignUpForm />
      <p className="text-sm">
        Have an account? <Link href={signIn}>Sign in</Link>
      </p>
    </>
  );
}
