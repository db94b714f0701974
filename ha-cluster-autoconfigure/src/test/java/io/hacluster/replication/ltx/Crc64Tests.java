package io.hacluster.replication.ltx;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Crc64} and {@link DatabaseChecksum}.
 */
class Crc64Tests {

	@Test
	void valueWhenGivenTheCheckStringIsTheCheckValue() {
		byte[] check = "123456789".getBytes(StandardCharsets.US_ASCII);
		assertThat(Crc64.of(check, 0, check.length)).isEqualTo(0xB90956C775A41001L);
	}

	@Test
	void valueWhenFedInAnyPiecesIsThatOfTheWhole() {
		Random random = new Random(1);
		byte[] bytes = new byte[5000];
		random.nextBytes(bytes);
		long bitwise = bitwise(bytes);
		for (int run = 0; run < 200; run++) {
			Crc64 crc = new Crc64();
			for (int from = 0; from < bytes.length;) {
				int length = Math.min(random.nextInt(40), bytes.length - from);
				crc.update(bytes, from, length);
				from += length;
			}
			assertThat(crc.value()).isEqualTo(bitwise);
		}
	}

	@Test
	void databaseChecksumIsTheKnownValue() {
		byte[] letters = new byte[4096];
		Arrays.fill(letters, (byte) 'A');
		DatabaseChecksum checksum = new DatabaseChecksum(4096);
		assertThat(checksum.value()).isEqualTo(Long.MIN_VALUE);
		checksum.toggle(2, letters, 0);
		checksum.toggle(1, new byte[4096], 0);
		assertThat(checksum.value()).isEqualTo(0x945A2423F8EA58E7L);
	}

	@Test
	void databaseChecksumWhenAPageIsToggledAgainForgetsIt() {
		DatabaseChecksum checksum = new DatabaseChecksum(512);
		checksum.toggle(1, new byte[512], 0);
		long before = checksum.value();
		checksum.toggle(2, new byte[512], 0);
		assertThat(checksum.value()).isNotEqualTo(before).isNegative();
		checksum.toggle(2, new byte[512], 0);
		assertThat(checksum.value()).isEqualTo(before);
	}

	@Test
	void databaseChecksumWhenGivenTheLockPageIgnoresIt() {
		DatabaseChecksum checksum = new DatabaseChecksum(65536);
		checksum.toggle(LtxHeader.lockPage(65536), new byte[65536], 0);
		assertThat(checksum.value()).isEqualTo(DatabaseChecksum.FLAG);
	}

	private static long bitwise(byte[] bytes) {
		long crc = -1L;
		for (byte value : bytes) {
			crc ^= value & 0xFF;
			for (int bit = 0; bit < 8; bit++) {
				crc = ((crc & 1) != 0) ? (crc >>> 1) ^ 0xD800000000000000L : crc >>> 1;
			}
		}
		return ~crc;
	}

}
