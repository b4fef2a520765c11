from logistics.travel.great_circle import GreatCircle, great_circle_m


def test_one_degree_of_latitude_is_a_360th_of_the_meridian():
    # 2π × 6,371,008.8 m ÷ 360 = 111,195.08 m
    assert abs(great_circle_m(34.0, 134.0, 35.0, 134.0) - 111_195.08) < 0.01


def test_a_degree_of_longitude_shrinks_with_the_cosine_of_the_latitude():
    # 111,195.08 m × cos 60° = 55,597.54 m; the great circle is a little shorter than the parallel
    assert 55_590 < great_circle_m(60.0, 10.0, 60.0, 11.0) < 55_597.54


def test_matrices_round_up_so_that_nobody_drives_too_fast():
    # 0.01° = 1,111.9508 m; × 1.3 = 1,445.536 m → 1,446 m; ÷ (24 ÷ 3.6 m/s) = 216.83 s → 217 s
    seconds, metres = GreatCircle().matrices([(34.0, 134.0), (34.01, 134.0)])
    assert metres.tolist() == [[0, 1446], [1446, 0]]
    assert seconds.tolist() == [[0, 217], [217, 0]]


def test_no_places_give_empty_matrices():
    seconds, metres = GreatCircle().matrices([])
    assert seconds.shape == metres.shape == (0, 0)
