# SPDX-License-Identifier: Apache-2.0
"""Databases with work for every background update that changes rows."""
