"""What may be done with requests and to the policy, and what happens meanwhile: a name, and what it is about."""

from __future__ import annotations

from hypothesis import strategies as st

from storage.policy_views import Per, Sale

NAMES = ("alice", "bob", "cara", "dora")
PRODUCTS = {"Visio Plan 2": 1500, "Power BI Pro": 1400}  # cents for a license and month

who = st.sampled_from(NAMES)
somebody = st.none() | who  # None: one who may
some = st.lists(who, max_size=2, unique=True).map(tuple)
products = st.sampled_from(list(PRODUCTS))
few = st.integers(1, 4)

asks = st.tuples(st.just("ask"), who, some, products, few)
buys = st.tuples(st.just("buy"), who, products, few)
how = st.sampled_from(["approve", "approve", "deny", "withdraw"])
which = st.integers(0, 2)  # from the latest on
to_self = st.sampled_from([False, False, True])
decides = st.tuples(st.just("decide"), how, somebody, which, few, to_self)

whose = st.tuples(st.sampled_from([Per.PERSON, Per.ORGANISATION]), st.none() | products)
sales = st.tuples(st.just("sale"), st.none() | products, st.sampled_from(Sale))
caps = st.tuples(st.just("cap"), whose, st.none() | st.integers(1, 6))
approvers = st.tuples(st.just("approver"), who, st.booleans())
closing = st.tuples(st.just("requests"), st.sampled_from([True, True, False]))
policies = st.sampled_from([sales, sales, caps, caps, approvers, closing]).flatmap(lambda policy: policy)
rules = st.tuples(st.just("rule"), somebody, policies)

deeds = st.sampled_from([asks] * 3 + [decides] * 6 + [buys] * 3 + [rules] * 3).flatmap(lambda deed: deed)
events = st.one_of(
    st.tuples(st.just("time"), st.sampled_from([1, 1, 1, 3, 3, 31, 366]), st.booleans()),
    st.tuples(st.just("appoint"), who),
    st.tuples(st.just("away"), somebody),
)
