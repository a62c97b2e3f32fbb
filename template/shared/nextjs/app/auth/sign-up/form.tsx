"use client";

import { useRouter } from "next/navigation";
import { Field, Form, nextPage } from "../../../components/form.tsx";
import { authClient } from "../../../lib/auth-client.ts";

export function SignUpForm() {
  const router = useRouter();
  return (
    <Form
      label="Sign up"
      send={({ name = "", email = "", password = "" }) =>
        authClient.signUp.email({ name, email, password, callbackURL: "/auth/account" })
      }
      done={() => router.push(nextPage())}
    >
      <Field label="Name" name="name" autoComplete="name" />
      <Field label="E-mail" name="email" type="email" autoComplete="username" />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="new-password"
        minLength={8}
      />
    </Form>
  );
}
