# SPDX-License-Identifier: Apache-2.0
"""A cutover to Aksono and back, rehearsed on a demo or on a copy of a real deployment."""
