#!/usr/bin/env python3
"""Protects include_order.py: it must find what it is there to find."""

import tempfile
import unittest
from pathlib import Path

import include_order


class IncludeOrder(unittest.TestCase):
    def check(self, path: str, line: str) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / path
            file.parent.mkdir(parents=True)
            file.write_text(f"// first line\n{line}\n")
            return include_order.check(Path(folder))

    def assert_refused(self, path: str, line: str, *words: str):
        found = self.check(path, line)
        self.assertEqual(len(found), 1)
        for word in (f"{path}:2", line, *words):
            self.assertIn(word, found[0])

    def assert_accepted(self, path: str, line: str):
        self.assertEqual(self.check(path, line), [])

    def test_a_room_may_not_include_upwards(self):
        self.assert_refused("runtime/base/a.cc", '#include "runtime/graph/graph.hpp"',
                            "runtime/base may not include runtime/graph")
        self.assert_refused("kernels/reference/a.cc", '#include "kernels/cpu/conv.hpp"',
                            "kernels/reference may not include kernels/cpu")

    def test_rooms_side_by_side_may_not_include_each_other(self):
        self.assert_refused("runtime/file/a.hpp", '#include "runtime/shape/dim.hpp"',
                            "may not include")

    def test_samples_use_the_public_api_alone(self):
        self.assert_refused("samples/cli/a.cc", '#include "runtime/base/fail.hpp"',
                            "samples may not include runtime/base")
        self.assert_accepted("samples/cli/a.cc", '#include "keraunos/session.hpp"')

    def test_angle_brackets_hide_nothing(self):
        self.assert_refused("runtime/base/a.cc", "#  include <runtime/exec/session.hpp>",
                            "may not include")

    def test_headers_are_included_by_their_full_path(self):
        self.assert_refused("runtime/base/a.cc", '#include "fail.hpp"', "top folder")

    def test_the_public_api_shows_no_foreign_headers(self):
        self.assert_refused("include/keraunos/a.hpp", "#include <nlohmann/json.hpp>",
                            "standard headers only")
        self.assert_accepted("include/keraunos/a.hpp", "#include <vector>")
        self.assert_accepted("include/keraunos/c.h", "#include <stdint.h>")

    def test_rooms_below_may_be_included_through_others(self):
        self.assert_accepted("runtime/exec/a.cc", '#include "runtime/base/fail.hpp"')
        self.assert_accepted("kernels/cuda/own/a.cu", '#include "runtime/shape/dim.hpp"')

    def test_a_file_outside_all_rooms_is_noticed(self):
        found = self.check("runtime/stray/a.cc", "")
        self.assertIn("belongs to no room", found[0])

    def test_an_empty_tree_is_not_a_pass(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIn("no source files", include_order.check(Path(folder))[0])


if __name__ == "__main__":
    unittest.main()
