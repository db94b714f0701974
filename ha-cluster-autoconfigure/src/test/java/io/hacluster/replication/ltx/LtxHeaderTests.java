package io.hacluster.replication.ltx;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LtxHeader}.
 */
class LtxHeaderTests {

	private static final long CHECKSUM = 0x8000000000000123L;

	@Test
	void decodeReadsWhatEncodeWrote() {
		LtxHeader header = new LtxHeader(0, 8192, 0xFFFFFFFFL, 2, LtxName.MAX_TXID, -5, CHECKSUM, 32, 8216, -1, -2,
				Long.MIN_VALUE);
		byte[] bytes = header.encode();
		assertThat(bytes).hasSize(100).startsWith('L', 'T', 'X', '1');
		assertThat(LtxHeader.decode(bytes)).isEqualTo(header);
		assertThat(header.hasChecksum()).isTrue();
		assertThat(header.isSnapshot()).isFalse();
	}

	@Test
	void withWalAndWithNodeIdChangeOnlyThose() {
		LtxHeader header = LtxHeader.noChecksum(4096, 7, 1, 3, 99).withWal(32, 4120, 5, 6).withNodeId(8);
		assertThat(header).isEqualTo(new LtxHeader(2, 4096, 7, 1, 3, 99, 0, 32, 4120, 5, 6, 8));
		assertThat(header.isSnapshot()).isTrue();
		assertThat(header.hasChecksum()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "512,2097153", "1024,1048577", "4096,262145", "65536,16385" })
	void lockPageIsTheOneWithSqlitesLockBytes(int pageSize, long expected) {
		assertThat(LtxHeader.lockPage(pageSize)).isEqualTo(expected);
		assertThat(LtxHeader.noChecksum(pageSize, 1, 1, 1, 0).lockPage()).isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 4, 0x80000000 })
	void createWhenFlagsAreUnknownThrows(int flags) {
		assertRefused("flags", () -> header(flags, 4096, 1, 2, 2, 0, 0, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 256, 511, 513, 3072, 65535, 131072, -4096, Integer.MIN_VALUE })
	void createWhenPageSizeIsNotOneOfSqlitesThrows(int pageSize) {
		assertRefused("page size " + pageSize, () -> header(2, pageSize, 1, 2, 2, 0, 0, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, 0x100000000L })
	void createWhenCommitIsNoPageNumberThrows(long commit) {
		assertRefused("commit " + commit, () -> header(2, 4096, commit, 2, 2, 0, 0, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(longs = { 0, -1 })
	void createWhenFirstTransactionIsOutOfRangeThrows(long minTxid) {
		assertRefused("first transaction", () -> header(2, 4096, 1, minTxid, 2, 0, 0, 0, 0));
	}

	@Test
	void createWhenLastTransactionIsBeforeFirstThrows() {
		assertRefused("last transaction", () -> header(2, 4096, 1, 3, 2, 0, 0, 0, 0));
		assertRefused("last transaction", () -> header(2, 4096, 1, 3, -2, 0, 0, 0, 0));
	}

	@ParameterizedTest
	@ValueSource(longs = { LtxName.MAX_TXID + 1, Long.MAX_VALUE })
	void createWhenLastTransactionIsOutOfRangeThrows(long maxTxid) {
		assertRefused("out of range", () -> header(2, 4096, 1, 2, maxTxid, 0, 0, 0, 0));
	}

	@Test
	void createWhenWalRangeIsNegativeThrows() {
		assertRefused("WAL offset", () -> header(2, 4096, 1, 2, 2, 0, -1, 0, 0));
		assertRefused("WAL size", () -> header(2, 4096, 1, 2, 2, 0, 32, -1, 0));
	}

	@Test
	void createWhenWalSizeOrSaltHasNoOffsetThrows() {
		assertRefused("without a WAL offset", () -> header(2, 4096, 1, 2, 2, 0, 0, 1, 0));
		assertRefused("without a WAL offset", () -> header(2, 4096, 1, 2, 2, 0, 0, 0, 1));
	}

	@Test
	void createWhenPreApplyChecksumIsNotAllowedThrows() {
		assertRefused("snapshot", () -> header(0, 4096, 1, 1, 2, CHECKSUM, 0, 0, 0));
		assertRefused("without checksums", () -> header(2, 4096, 1, 2, 2, CHECKSUM, 0, 0, 0));
	}

	@Test
	void createWhenPreApplyChecksumLacksItsFlagThrows() {
		assertRefused("lacks bit 63", () -> header(0, 4096, 1, 2, 2, 0, 0, 0, 0));
		assertRefused("lacks bit 63", () -> header(0, 4096, 1, 2, 2, 123, 0, 0, 0));
	}

	@Test
	void decodeWhenMagicIsWrongThrows() {
		byte[] bytes = LtxHeader.noChecksum(512, 1, 1, 1, 0).encode();
		bytes[3] = '2';
		assertRefused("LTX1", () -> LtxHeader.decode(bytes));
	}

	@Test
	void decodeWhenReservedBytesAreSetThrows() {
		for (int i = 80; i < 100; i++) {
			byte[] bytes = LtxHeader.noChecksum(512, 1, 1, 1, 0).encode();
			bytes[i] = 1;
			assertRefused("reserved byte " + i, () -> LtxHeader.decode(bytes));
		}
	}

	private static void header(int flags, int pageSize, long commit, long minTxid, long maxTxid, long preApply,
			long walOffset, long walSize, int salt) {
		new LtxHeader(flags, pageSize, commit, minTxid, maxTxid, 0, preApply, walOffset, walSize, salt, 0, 0);
	}

	private static void assertRefused(String message, Runnable creation) {
		assertThatExceptionOfType(LtxFormatException.class).isThrownBy(creation::run).withMessageContaining(message);
	}

}
