from __future__ import annotations

import pytest

from leadline.practice.knowledge.source_files import is_source


@pytest.mark.parametrize(
    "path",
    [
        "a.py", "src/Main.java", "lib/x.C++", "web/index.html", "style.scss", "Makefile",
        "docker/Dockerfile", "notebooks/eda.ipynb", "model.R", "queries/load.sql",
        "tests/test_a.py", "infra/main.tf", "src/docs/render.py", "app/build/tool.go",
    ],
)  # fmt: skip
def test_code_and_markup_count(path: str) -> None:
    assert is_source(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md", "docs/conf.py", "examples/a.py", "data.csv", "poetry.lock", "package.json",
        "node_modules/x/index.js", "vendor/lib/a.go", "third_party/z.c", "dist/bundle.js",
        "static/app.min.js", "proto/a_pb2.py", "tests/fixtures/a.py", "locale/de.js",
        "configure", "gradlew", "js/jquery-3.1.js", ".gitignore", ".py", "LICENSE", "a",
        "translations/de.ts", "types.d.ts", "image.png",
    ],
)  # fmt: skip
def test_documentation_vendored_generated_lock_and_data_files_do_not(path: str) -> None:
    assert not is_source(path)
