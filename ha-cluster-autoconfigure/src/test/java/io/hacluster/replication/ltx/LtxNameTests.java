package io.hacluster.replication.ltx;

import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link LtxName}.
 */
class LtxNameTests {

	@Test
	void parseReadsWhatPathWrote() {
		for (LtxName name : Set.of(LtxName.batch(1), LtxName.snapshot(0x1a2b), new LtxName(3, 2, LtxName.MAX_TXID))) {
			assertThat(LtxName.parse(name.path())).contains(name);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "ltx", "ltx/0/", "ltx/0/1-1.ltx", "ltx/0/0000000000000001-0000000000000001",
			"ltx/0/0000000000000001-0000000000000001.ltx.tmp", "ltx/0/0000000000000001-0000000000000001.ltx\n",
			"../ltx/0/0000000000000001-0000000000000001.ltx", "ltx/0/../0000000000000001-0000000000000001.ltx",
			"ltx/10/0000000000000001-0000000000000001.ltx", "ltx/-1/0000000000000001-0000000000000001.ltx",
			"ltx/0/000000000000000A-000000000000000A.ltx", "ltx/0/+000000000000001-0000000000000001.ltx",
			"ltx/0/0000000000000000-0000000000000001.ltx", "ltx/0/0000000000000002-0000000000000001.ltx",
			"ltx/0/8000000000000000-8000000000000000.ltx" })
	void parseWhenNotANameIsEmpty(String path) {
		assertThat(LtxName.parse(path)).isEmpty();
	}

	/**
	 * Whoever counts on from such a file would get negative numbers.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "ltx/0/7fffffffffffffff-7fffffffffffffff.ltx",
			"ltx/1/0000000000000002-7fffffffffffffff.ltx", "ltx/9/0000000000000001-4000000000000000.ltx" })
	void parseWhenBeyondTheLastTransactionIsEmpty(String path) {
		assertThat(LtxName.parse(path)).isEmpty();
	}

	@Test
	void createWhenNotARangeThrows() {
		assertThatIllegalArgumentException().isThrownBy(() -> new LtxName(10, 1, 1)).withMessageContaining("'level'");
		assertThatIllegalArgumentException().isThrownBy(() -> new LtxName(0, 0, 1)).withMessageContaining("'minTxid'");
		assertThatIllegalArgumentException().isThrownBy(() -> new LtxName(0, 2, 1)).withMessageContaining("'maxTxid'");
	}

}
