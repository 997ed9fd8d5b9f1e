import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.demo.documents import Catalogue, Fate
from crawler.demo.options import NO_FAULTS, DemoOptions, Rates
from crawler.demo.sites import SITES, Site
from crawler.demo.truth import records
from crawler.items import EXPLAINED, FIELDS

every_site = pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)


@every_site
@settings(deadline=None)
@given(number=st.integers(0, 2_499_999), seed=st.integers(0, 2**63 - 1))
def test_a_documents_id_leads_back_to_its_number(site: Site, number: int, seed: int) -> None:
    catalogue = Catalogue(site, DemoOptions(documents=5_000_000, seed=seed))
    doc_id = catalogue.doc_id(number)
    assert len(doc_id) == len(str(site.first_id))
    assert catalogue.number(doc_id) == number
    assert catalogue.number(f"0{doc_id}") is None
    assert catalogue.number(catalogue.doc_id(number + catalogue.count)) is None


@every_site
def test_the_documents_of_a_small_site_are_those_of_a_large_one(site: Site) -> None:
    small, large = (Catalogue(site, DemoOptions(documents=n)) for n in (60, 6_000))
    for number in range(small.count):
        assert small.facts(number) == large.facts(number)
        assert small.document(number) == large.document(number)


@every_site
def test_another_seed_makes_other_documents(site: Site) -> None:
    ones, others = (list(records(Catalogue(site, DemoOptions(seed=seed)))) for seed in (1, 2))
    assert not {str(one["doc_id"]) for one in ones} & {str(other["doc_id"]) for other in others}
    assert [one["title"] for one in ones] != [other["title"] for other in others]


def test_documents_are_shared_out_over_the_sites() -> None:
    for documents in (1, 2, 3, 300):
        assert sum(site.share(documents) for site in SITES) == documents


@every_site
def test_the_truth_is_sorted_and_has_the_records_keys_in_order(site: Site) -> None:
    truth = list(records(Catalogue(site, DemoOptions())))
    ids = [str(record["doc_id"]) for record in truth]
    assert ids == sorted(set(ids))
    for record in truth:
        assert tuple(record) == FIELDS[:-2]
        assert json.loads(json.dumps(record)) | {"missing": record["missing"]} == record
        nulls = {name for name in EXPLAINED if record[name] is None}
        assert nulls == set(dict(record["missing"]))  # type: ignore[call-overload]


def test_every_reason_for_a_missing_field_occurs() -> None:
    reasons = {
        site.name: Counter(
            (name, reason)
            for record in records(Catalogue(site, DemoOptions(documents=2_000)))
            for name, reason in dict(record["missing"]).items()  # type: ignore[call-overload]
        )
        for site in SITES
    }
    assert set(reasons["wenku365"]) == {
        ("file_format", "not_published"),
        ("preview_page_count", "not_published"),
        ("size_bytes", "not_found"),
        ("size_bytes", "bad_value"),
        ("page_count", "not_found"),
        ("page_count", "bad_value"),
        ("uploaded_on", "not_found"),
        ("uploaded_on", "bad_value"),
        ("preview", "not_found"),
    }
    assert set(reasons["31ppt"]) == {
        ("file_format", "not_found"),
        ("preview_page_count", "not_published"),
        ("size_bytes", "not_found"),
        ("size_bytes", "bad_value"),
        ("page_count", "not_found"),
        ("page_count", "bad_value"),
        ("uploaded_on", "not_published"),
        ("preview", "not_found"),
    }


@every_site
def test_deleted_and_walled_documents_are_not_in_the_truth(site: Site) -> None:
    catalogue = Catalogue(site, DemoOptions(rates=Rates(deleted=0.3, captcha=0.3)))
    fates = {catalogue.doc_id(number): catalogue.fate(number) for number in range(catalogue.count)}
    assert set(fates.values()) == set(Fate)
    shown = [doc_id for doc_id, fate in fates.items() if fate is Fate.SHOWN]
    assert [record["doc_id"] for record in records(catalogue)] == sorted(shown)


@every_site
def test_troubles_change_no_document(site: Site) -> None:
    usual = Catalogue(site, DemoOptions())
    calm = Catalogue(site, DemoOptions(rates=NO_FAULTS))
    everything = {str(record["doc_id"]): record for record in records(calm)}
    assert len(everything) == calm.count
    for record in records(usual):
        assert everything[str(record["doc_id"])] == record
