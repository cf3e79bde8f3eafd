"""Which files count as source code, as in the published studies of truck factors.

Avelino et al. (2016) leave out documentation, vendored and generated files, data and
files in no programming or markup language before they count. The lists below are ours,
by extension, file name and folder; every other file still stands on the map.
"""

from __future__ import annotations

import re
from functools import lru_cache

_SOURCE_EXTENSIONS_WORDS = """
    ada adb ads applescript as asm asp aspx astro awk bas bash bat bzl c c++ cbl cc
    cfc cfm cjs cl clj cljc cljs cls cmake cmd cob coffee cpp cppm cr cs cshtml css
    cts cu cuh cxx cypher d dart dfm do ejs el elm eml.erb erb erl ex exs f f03 f08
    f77 f90 f95 fs fsi fsx ftl fx gd glsl go gradle groovy gs gsp gvy h h++ haml
    handlebars hbs hcl heex hh hlsl hpp hrl hs html htm hx hxx idl ijs inl ino ipp
    ipynb jade jav java jinja jinja2 j2 jl js jsm jsp jsx kt kts less lhs lisp liquid
    lua m m4 mak mako mjs mk ml mli mm mts mustache nim nix njk nut p pas pde php
    phtml pkb pks pl plsql pm pod pony pp pro proto ps1 psm1 pug purs pxd pxi py pyi
    pyx qml r rake rb rbs rbw re rei rhtml rkt rs s sass sbt scala scm scss sh shader
    slim slint sml sol sparql sql ss st star styl sv svelte svh swift t tcl tcc tf
    thrift tpl tpp ts tsx twig v vala vb vbs vert frag vhd vhdl vim vue wat x xhtml xm
    xq xquery xsl xslt y yy zig zsh
"""
SOURCE_EXTENSIONS = frozenset(_SOURCE_EXTENSIONS_WORDS.split())
"""Extensions of programming and markup languages."""

_SOURCE_NAMES_WORDS = """
    brewfile build build.bazel capfile cmakelists.txt configure.ac dangerfile
    dockerfile fastfile gemfile gnumakefile guardfile jakefile jenkinsfile justfile
    makefile makefile.am meson.build podfile puppetfile rakefile sconscript sconstruct
    snakefile vagrantfile wscript
"""
SOURCE_NAMES = frozenset(_SOURCE_NAMES_WORDS.split())
"""File names that are code without an extension."""

_LEFT_OUT_FOLDERS = re.compile(
    r"""
      (^|/)(node_modules|bower_components|vendors?|godeps|_vendor|third[-_]?party
        |3rd[-_]?party|externals?|deps|dependencies|dist|\.yarn|\.venv|site-packages
        |cache)/                                                            # vendored
    | (^|/)(fixtures|testdata|snapshots|__snapshots__|cassettes|locales?|translations
        |i18n|__generated__)/                         # data, translations, generated
    | (^|/)(documentation|javadoc|groovydoc|inst/doc)/
    | ^(docs?|man|examples?|samples?|demos?)/                          # documentation
    """,
    re.VERBOSE,
)

_LEFT_OUT_NAMES = re.compile(
    r"""
      ^(configure|config\.guess|config\.sub|ltmain\.sh|aclocal\.m4|gradlew(\.bat)?
        |mvnw(\.cmd)?|jquery.*\.js|bootstrap.*\.(css|js|less|scss)|prototype\.js
        |modernizr.*\.js)$
    | ^(readme|changes|changelog|contributing|copying|install|licen[cs]e|news
        |authors)(\.|$)
    | [.-]min\.(js|css|mjs)$
    | _pb2(_grpc)?\.pyi?$ | \.pb\.(go|cc|h)$ | \.g\.dart$ | \.generated\.\w+$
    | \.designer\.cs$
    | ^(moc|qrc|ui)_\w+\.(cpp|h)$ | \.d\.ts$ | ^zz_generated\.
    """,
    re.VERBOSE,
)


def is_source(path: str) -> bool:
    """Whether a file counts towards the truck factor.

    Parameters
    ----------
    path : str
        Within the repository, with forward slashes.

    Returns
    -------
    bool
        True for code and markup; false for documentation, vendored and generated files,
        lock files, translations, data and test fixtures.
    """
    lowered = path.casefold()
    folder, _, name = lowered.rpartition("/")
    stem, dot, extension = name.rpartition(".")
    known = name in SOURCE_NAMES or bool(dot and stem and extension in SOURCE_EXTENSIONS)
    return known and not (_is_left_out(folder) or _LEFT_OUT_NAMES.search(name))


@lru_cache(maxsize=4096)
def _is_left_out(folder: str) -> bool:
    return _LEFT_OUT_FOLDERS.search(f"{folder}/") is not None
