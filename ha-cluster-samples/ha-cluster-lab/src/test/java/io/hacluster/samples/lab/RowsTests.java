package io.hacluster.samples.lab;

import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RowsTests {

	@Test
	void holdsWhenThePayloadIsAnotherIsFalse() {
		Rows rows = rows(Map.of(1L, Rows.payload(1), 2L, "garbled"));
		assertThat(rows.holds(1)).isTrue();
		assertThat(rows.holds(2)).isFalse();
		assertThat(rows.holds(3)).isFalse();
	}

	@Test
	void differencesNameMissingAndChangedRows() {
		Rows first = rows(Map.of(1L, "a", 2L, "b", 4L, "d"));
		Rows second = rows(Map.of(1L, "a", 2L, "x", 3L, "c"));
		assertThat(first.differences(second)).containsExactly("row 2 differs: 'b' and 'x'",
				"row 3 is only in the second", "row 4 is only in the first");
	}

	@Test
	void differencesWhenEqualUpToARowIsEmpty() {
		Rows first = rows(Map.of(1L, "a", 2L, "b"));
		Rows second = rows(Map.of(1L, "a", 2L, "b", 3L, "c"));
		assertThat(first.differences(second.upTo(2))).isEmpty();
	}

	private static Rows rows(Map<Long, String> payloads) {
		return new Rows(new TreeMap<>(payloads));
	}

}
