"""`bin/bench NAME [arguments]`."""

import argparse
import sys


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bin/bench", description="Measure Motcua with production settings.")
    names = parser.add_subparsers(dest="name", required=True)
    life = names.add_parser("life", help="whole dossier lives over HTTP")
    life.add_argument("--n", type=int, default=500, help="how many lives (500)")
    life.add_argument("--code", default="1.004873", help="the procedure (1.004873)")
    life.add_argument("--layers", action=argparse.BooleanOptionalAction, default=True, help="a table by layer")
    clock = names.add_parser("clock", help="due dates a second on one core")
    clock.add_argument("--n", type=int, default=60_000, help="how many (60000)")
    batch = names.add_parser("batch", help="dossiers accepted by one form")
    batch.add_argument("--n", type=int, default=500, help="how many, at most 500 (500)")
    forms = names.add_parser("forms", help="the papers of the law as PDF")
    forms.add_argument("--n", type=int, default=50, help="how often each (50)")
    for name, what in (("list", "the office's lists"), ("search", "the office's search")):
        pages = names.add_parser(name, help=what)
        pages.add_argument("--size", type=int, default=10_000, help="dossiers in the database (10000)")
        pages.add_argument("--n", type=int, default=100, help="requests of each page (100)")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Run one bench."""
    options = parse(arguments)
    if options.name == "life":
        from bench import life

        return life.run(options)
    if options.name == "clock":
        from bench import clock

        return clock.run(options)
    if options.name == "batch":
        from bench import batch

        return batch.run(options)
    if options.name == "forms":
        import django

        django.setup()  # the papers belong to an application; the other benches set up once their database stands
        from bench import forms

        return forms.run(options)
    from bench import pages

    return pages.run(options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
