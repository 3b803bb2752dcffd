# SPDX-License-Identifier: Apache-2.0
"""Clients that go on while the server behind their address changes."""
