def one(cursor, conn):
    words = "  Alpha beta_Gamma  ".strip().lower().split()
    first, _, last = words[1].partition("_")
    names = [
        words[0].ljust(7, "x"), words[0][:2], words[0][::-1], first.title(), last.upper().rjust(6, "_"),
        "7".zfill(3).replace("0", "o"), "{}_{}".format(first, last), "{a}{b:>3}".format(a="k", b="l").replace(" ", "_"),
        "%s_%03d" % ("n", 7), "prefix_name".removeprefix("prefix_"), "x".join(["1a", "1b"])[1:], "%(k)s" % {"k": "kk"},
        "{0[0]}{1.real}".format(["z"], 5), "tabs\tand".expandtabs(2)[:4], "abc".center(7, "_"), f"{3.14159:.2f}".replace(".", "p").join("ab"),
        f"{1234567:,}".replace(",", "_").join(["m", "m"]), "a-b".translate(str.maketrans("-", "_")),
    ]
    ok = "CREATE".startswith(("DROP", "CRE")) and "x1".isalnum() and not "".isdigit() and "abcabc".count("bc") == 2
    lines = "one\ntwo\r\nthree".splitlines()
    if ok and lines == ["one", "two", "three"] and "abc".find("z") == -1 and "abcb".rfind("b") == 3:
        names.extend(lines)
    cursor.execute("CREATE TABLE t (%s)" % ", ".join(f'"{name}"' for name in names))

MIGRATIONS = [("one", one)]
