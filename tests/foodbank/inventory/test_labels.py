"""Labels of real rows, and the command that prints them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from django.core.management import call_command

from foodbank.core.dates import DateMark, DatePrecision, today
from foodbank.inventory.models import LotAllergen, Reason, Release, StockRules
from foodbank.inventory.selectors.labels import lot_labels
from foodbank.inventory.services.ledger import post
from foodbank.labels.draw import LotLabel
from tests.factories import ItemFactory, PlaceFactory, SiteFactory, UserFactory, stocked
from tests.factories.catalog import allergen, allergen_list, category

pytestmark = pytest.mark.django_db
BASE_URL = "https://foodbank.example.jp"


def labels(day: dt.date | None = None) -> list[LotLabel]:
    return lot_labels(day or today(), base_url=BASE_URL)


def only(day: dt.date | None = None) -> LotLabel:
    (label,) = labels(day)
    return label


def test_a_label_says_what_the_lot_is():
    lot, _ = stocked(
        24,
        item=ItemFactory.create(name="食パン6枚切", zone="ambient", date_mark=DateMark.USE_BY, unit_weight_g=340),
        donor_site=SiteFactory.create(code="D014"),
        last_day=dt.date(2099, 12, 7),
        maker_lot="AB-12",
    )
    LotAllergen.objects.create(lot=lot, allergen=allergen("小麦"))
    label = only()
    assert (label.code, label.url) == (lot.code, f"{BASE_URL}/q/{lot.code}")
    assert label.name == "食パン6枚切"
    assert label.date_text == "消費期限 2099年12月7日"
    assert (label.zone, label.zone_word) == ("ambient", "常温")
    assert label.quantity_text == "24点 8.2 kg"  # 24 × 340 g = 8,160 g
    assert (label.donor_code, label.lot_number) == ("D014", "AB-12")
    assert label.allergens.wording() == "アレルゲン: 小麦"
    assert label.release_note == ""


def test_a_month_is_printed_as_a_month():
    stocked(1, last_day=dt.date(2099, 3, 31), date_precision=DatePrecision.MONTH)
    assert only().date_text == "賞味期限 2099年3月"


def test_the_allergen_words_follow_the_lots_own_list():
    stocked(1, allergens_stated=False)
    assert only().allergens.wording() == "アレルゲン不明"


def test_nothing_contained_names_the_lists_length():
    stocked(1)
    assert only().allergens.wording() == f"特定原材料等{allergen_list().allergens.count()}品目なし"


def test_goods_other_than_food_say_nothing_about_allergens():
    other = category("non_food")
    other.is_food = False
    other.save()
    stocked(1, item=ItemFactory.create(category=other))
    assert only().allergens.wording() == ""


def test_a_lot_at_two_places_gets_one_label_with_all_of_it():
    lot, shelf = stocked(10)
    post(lot=lot, source=shelf, target=PlaceFactory.create(), quantity=4, reason=Reason.MOVE, actor=UserFactory.create())
    assert only().quantity_text == "10点 10.0 kg"


def test_what_has_left_or_comes_later_gets_none():
    lot, shelf = stocked(10)
    gone = PlaceFactory.create(kind="discard", zone="")
    post(lot=lot, source=shelf, target=gone, quantity=10, reason=Reason.DISCARD_DAMAGED, actor=UserFactory.create())
    stocked(3, received_on=today() + dt.timedelta(days=1))
    stocked(3, unlisted_from=today())
    assert labels() == []
    assert len(labels(today() + dt.timedelta(days=1))) == 1


def test_labels_come_in_the_order_of_the_racks():
    for code in ("C-09", "A-02", "C-01"):
        stocked(1, place=PlaceFactory.create(code=code, zone="chilled"), item=ItemFactory.create(name=f"{code}の品"))
    assert [label.name for label in labels()] == ["A-02の品", "C-01の品", "C-09の品"]


def test_what_must_not_leave_says_so():
    stocked(1, last_day=today() - dt.timedelta(days=1))
    assert only().release_note == "期限切れ お渡しできません"


def test_the_last_day_itself_is_still_good():
    stocked(1, last_day=today())
    assert only().release_note == ""


def test_a_held_lot_says_so():
    stocked(1, status="held")
    assert only().release_note == "保留中 使わないでください"


def test_a_release_shows_unless_the_installation_switched_it_off():
    lot, _ = stocked(1, last_day=today() - dt.timedelta(days=1))
    until = today() + dt.timedelta(days=20)
    people = UserFactory.create_batch(2)
    Release.objects.create(lot=lot, until=until, grounds="検査の結果、品質に問題がない。", first=people[0], second=people[1])
    assert only().release_note.startswith("賞味期限後の使用許可")
    StockRules.objects.update_or_create(pk=1, defaults={"releases_on": False})
    assert only().release_note == "期限切れ お渡しできません"


def test_queries_do_not_grow_with_the_lots(django_assert_num_queries: Any):
    for _ in range(12):
        stocked(1)
    # Balances with lot and item; allergens of the lots; allergens on the lists; their order; the releases switch.
    with django_assert_num_queries(5):
        assert len(labels()) == 12


class TestCommand:
    def run(self, *arguments: str) -> None:
        call_command("print_labels", *arguments)

    def test_the_sheet_holds_one_code_per_lot(self, tmp_path: Path, settings: Any, capsys: pytest.CaptureFixture[str]):
        settings.BASE_URL = BASE_URL
        made = [stocked(2)[0].code for _ in range(30)]
        out = tmp_path / "new" / "labels.pdf"
        self.run("--date", today().isoformat(), "--out", str(out))
        document = pypdfium2.PdfDocument(out.read_bytes())
        assert len(document) == 2
        read = [
            found.text
            for page in document
            for found in zxingcpp.read_barcodes(
                page.render(scale=203 / 72).to_pil().convert("L").point(lambda grey: 255 if grey > 127 else 0)
            )
        ]
        assert sorted(read) == sorted(f"{BASE_URL}/q/{code}" for code in made)
        assert "30" in capsys.readouterr().out

    def test_a_roll_has_a_page_per_label(self, tmp_path: Path):
        for _ in range(3):
            stocked(1)
        out = tmp_path / "roll.pdf"
        self.run("--date", today().isoformat(), "--out", str(out), "--layout", "roll-50x30", "--nudge", "0.5,-0.5")
        assert len(pypdfium2.PdfDocument(out.read_bytes())) == 3

    @pytest.mark.parametrize(
        ("stock", "arguments", "words"),
        [
            (0, [], ("在庫のあるロットはありません", "no lot")),
            (1, ["--skip", "24"], ("--skip", "0 to 23")),
        ],
    )
    def test_refusals_are_one_line_and_code_two(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], stock: int, arguments: list[str], words: tuple[str, str]
    ):
        for _ in range(stock):
            stocked(1)
        out = tmp_path / "labels.pdf"
        with pytest.raises(SystemExit) as ended:
            self.run("--date", today().isoformat(), "--out", str(out), *arguments)
        assert ended.value.code == 2
        shown = capsys.readouterr().err.strip()
        assert "\n" not in shown
        assert all(word in shown for word in words)
        assert not out.exists()

    @pytest.mark.parametrize("text", ["2026-13-01", "tomorrow", "20261205", ""])
    def test_a_date_that_is_none_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str):
        with pytest.raises(SystemExit) as ended:
            self.run("--date", text, "--out", str(tmp_path / "labels.pdf"))
        assert ended.value.code == 2
        shown = capsys.readouterr().err.strip()
        assert "\n" not in shown
        assert "--date" in shown

    def test_an_unwritable_path_is_refused(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        stocked(1)
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(SystemExit) as ended:
            self.run("--date", today().isoformat(), "--out", str(tmp_path / "file" / "labels.pdf"))
        assert ended.value.code == 2
        assert "書き込めません" in capsys.readouterr().err
