# SPDX-License-Identifier: Apache-2.0
"""Fixtures: one PostgreSQL cluster and one demo world, cloned for every pair of servers."""

from collections.abc import Iterator

import pytest

from aksono_compat.postgres import Cluster
from aksono_compat.world import World, make_world


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with Cluster() as running:
        yield running


@pytest.fixture(scope="session")
def world(cluster: Cluster) -> World:
    return make_world(cluster)
