"""Canonical JSON as docs/spec/statement.md defines it: a strict reader and a writer.

Written from the specification, without looking at the engine, so that the two can disagree.
Faults carry the codes of the specification, in its order (the vectors' README has the order).
"""

import unicodedata

MAX_LENGTH = 65_535
MAX_DEPTH = 16
MAX_INTEGER = 2**53 - 1
SHORT = {'"': '"', "\\": "\\", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
ESCAPES = {text: "\\" + letter for letter, text in SHORT.items()}


class Fault(Exception):
    """What is wrong, by its stable code."""

    def __init__(self, code, detail=""):
        super().__init__(f"{code} {detail}".strip())
        self.code = code


def fault(word, detail=""):
    return Fault("statement." + word, detail)


class Reader:
    """One pass over the text, from left to right."""

    def __init__(self, text):
        self.text = text
        self.at = 0

    def peek(self):
        return self.text[self.at] if self.at < len(self.text) else ""

    def unexpected(self):
        return fault("not-canonical" if self.peek() else "truncated", f"at {self.at}")

    def expect(self, word):
        for letter in word:
            if self.peek() != letter:
                raise self.unexpected()
            self.at += 1

    def value(self, depth=0):
        first = self.peek()
        if first == "{":
            return self.members(depth + 1)
        if first == "[":
            return self.elements(depth + 1)
        if first == '"':
            return self.string()
        if first == "t":
            self.expect("true")
            return True
        if first == "f":
            self.expect("false")
            return False
        if first == "n":
            self.expect("null")
            raise fault("null")
        if first == "-" or "0" <= first <= "9":
            return self.number()
        raise self.unexpected()

    def digits(self):
        start = self.at
        while "0" <= self.peek() <= "9":
            self.at += 1
        return self.text[start : self.at]

    def number(self):
        start = self.at
        if self.peek() == "-":
            self.at += 1
        digits = self.digits()
        if not digits:
            raise self.unexpected()
        if self.peek() in (".", "e", "E") and self.peek():
            raise fault("float")
        token = self.text[start : self.at]
        if (digits[0] == "0" and len(digits) > 1) or token == "-0":
            raise fault("not-canonical", token)
        if len(digits) > 16 or int(digits) > MAX_INTEGER:
            raise fault("integer-range", token)
        return int(token)

    def string(self, name=False):
        self.expect('"')
        parts = []
        while True:
            letter = self.peek()
            if letter == '"':
                break
            if name and letter and (letter < " " or letter == "\\"):
                raise fault("member-name")
            if not letter or letter < " ":
                raise self.unexpected()
            self.at += 1
            parts.append(self.escape() if letter == "\\" else letter)
        self.at += 1
        text = "".join(parts)
        if not unicodedata.is_normalized("NFC", text):
            raise fault("not-nfc")
        return text

    def escape(self):
        letter = self.peek()
        if letter in SHORT and letter:
            self.at += 1
            return SHORT[letter]
        self.expect("u00")
        pair = self.text[self.at : self.at + 2]
        if len(pair) < 2:
            self.at = len(self.text)
            raise self.unexpected()
        if any(digit not in "0123456789abcdef" for digit in pair):
            raise fault("not-canonical", "escape")
        letter = chr(int(pair, 16))
        if letter >= " " or letter in ESCAPES:
            raise fault("not-canonical", "escape")
        self.at += 2
        return letter

    def elements(self, depth):
        if depth > MAX_DEPTH:
            raise fault("too-deep")
        self.at += 1
        found = []
        if self.peek() == "]":
            self.at += 1
            return found
        while True:
            found.append(self.value(depth))
            if self.peek() == "]":
                self.at += 1
                return found
            self.expect(",")

    def members(self, depth):
        if depth > MAX_DEPTH:
            raise fault("too-deep")
        self.at += 1
        found = {}
        if self.peek() == "}":
            self.at += 1
            return found
        before = None
        while True:
            name = self.string(name=True)
            if any(not " " <= letter <= "~" for letter in name):
                raise fault("member-name", name)
            if name == before:
                raise fault("duplicate-member", name)
            if before is not None and name < before:
                raise fault("not-canonical", "order of members")
            before = name
            self.expect(":")
            found[name] = self.value(depth)
            if self.peek() == "}":
                self.at += 1
                return found
            self.expect(",")


def read(payload):
    """The value of a canonical text, given as bytes."""
    if len(payload) > MAX_LENGTH:
        raise fault("too-large")
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError as error:
        raise fault("not-utf8") from error
    reader = Reader(text)
    value = reader.value()
    if reader.at != len(text):
        raise fault("trailing-bytes")
    return value


def write(value):
    """The canonical text of a value, as bytes."""
    return text_of(value).encode()


def text_of(value):
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(escaped(letter) for letter in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(text_of(item) for item in value) + "]"
    members = (f'"{name}":{text_of(value[name])}' for name in sorted(value))
    return "{" + ",".join(members) + "}"


def escaped(letter):
    if letter in ESCAPES:
        return ESCAPES[letter]
    return f"\\u{ord(letter):04x}" if letter < " " else letter
