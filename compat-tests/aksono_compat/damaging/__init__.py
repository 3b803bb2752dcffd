# SPDX-License-Identifier: Apache-2.0
"""Damages answers and rows on purpose: what the comparison must find, and what it must not."""
