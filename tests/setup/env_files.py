"""Env files whose lines other readers take in another way, with the value of ``NAME``."""

LINES = {
    "a hash in a word": ("NAME=one#two\n", "one"),
    "a hash after a blank": ("NAME=one #two\n", "one"),
    "a quoted hash": ('NAME="one#two" # three\n', "one#two"),
    "backquotes": ("NAME=`one#'two\"`\n", "one#'two\""),
    "a backslash": ('NAME="one\\\\two"\n', "one\\\\two"),
    "a quote in quotes": ('NAME="one\\"two"\n', "one\\"),
    "a line feed in quotes": ('NAME="one\\ntwo"\n', "one\ntwo"),
    "several lines": ("NAME='one\ntwo'\n", "one\ntwo"),
    "no closing quote": ("NAME='one\nOTHER=two\n", "'one"),
    "text after quotes": ('NAME="one" two\n', "one"),
    "a dollar": ("NAME=one$two${three}\n", "one$two${three}"),
    "export": ("export NAME=one\n", "one"),
    "blanks": ("  NAME \t=  one two  \n", "one two"),
    "Windows lines": ("OTHER=two\r\nNAME=one\r\n", "one"),
    "blanks only": ("NAME= \t\nOTHER=two\n", None),
    "blanks only on a Windows line": ("NAME= \r\nOTHER=two\r\n", None),
    "no value": ("NAME\nOTHER=two\n", None),
    "two values": ("NAME=one\nNAME=two\n", "two"),
    "a comment": ("#NAME=one\n", None),
}
