package io.hacluster.election;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LeaseCodec}.
 */
class LeaseCodecTests {

	private static final String RECORD = "{\"v\":1,\"holder\":\"node-a\",\"nonce\":\"n-1\",\"epoch\":7,"
			+ "\"state\":\"HELD\",\"address\":\"10.0.0.1:80\",\"durationMs\":10000}";

	private static final Lease LEASE = new Lease(new NodeId("node-a"), "n-1", new Epoch(7), Lease.State.HELD,
			"10.0.0.1:80", Duration.ofSeconds(10));

	private static Lease decode(String record) {
		return LeaseCodec.decode(record.getBytes(StandardCharsets.UTF_8));
	}

	@Test
	void encodeIsReadableJson() {
		assertThat(new String(LeaseCodec.encode(LEASE), StandardCharsets.UTF_8)).isEqualTo(RECORD);
	}

	@Test
	void decodeReversesEncode() {
		assertThat(decode(RECORD)).isEqualTo(LEASE);
		Lease odd = new Lease(new NodeId("A._-9"), "x", new Epoch(0), Lease.State.RELEASED, "\"\\ \u00e4\u20ac /",
				Duration.ofHours(1));
		assertThat(LeaseCodec.decode(LeaseCodec.encode(odd))).isEqualTo(odd);
	}

	@Test
	void decodeSkipsFieldsOfLaterVersionsAndWhitespace() {
		assertThat(decode(
				"\n" + RECORD.replace("{", "{ \"later\" : \"x\\u0041\\n\" , \"more\":-5,").replace(",", " ,\t") + " "))
			.isEqualTo(LEASE);
		assertThat(decode(RECORD.replace("{", "{\"later\":{\"nested\":[1.5,true,null]},"))).isEqualTo(LEASE);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "null", "[]", "{}", "{", "{\"v\":1}", "rubbish", "{\"v\":1,}", "\"v\"" })
	void decodeWhenNotARecordIsRefused(String record) {
		assertRefused(record);
	}

	@Test
	void decodeWhenAFieldIsWrongIsRefused() {
		assertRefused(RECORD.replace("\"v\":1", "\"v\":2"));
		assertRefused(RECORD.replace("\"v\":1", "\"v\":\"1\""));
		assertRefused(RECORD.replace("node-a", "node a"));
		assertRefused(RECORD.replace("node-a", "../x"));
		assertRefused(RECORD.replace("n-1", ""));
		assertRefused(RECORD.replace("n-1", "n 1"));
		assertRefused(RECORD.replace(":7", ":-7"));
		assertRefused(RECORD.replace(":7", ":7.0"));
		assertRefused(RECORD.replace(":7", ":7e3"));
		assertRefused(RECORD.replace(":7", ":07"));
		assertRefused(RECORD.replace(":7", ":9999999999999999999"));
		assertRefused(RECORD.replace(":7", ":null"));
		assertRefused(RECORD.replace("HELD", "held"));
		assertRefused(RECORD.replace("10000", "0"));
		assertRefused(RECORD.replace("10000", "3600001"));
		assertRefused(RECORD.replace("10.0.0.1:80", "a\\u0000b"));
		assertRefused(RECORD.replace("10.0.0.1:80", "x".repeat(256)));
		assertRefused(RECORD.replace("10.0.0.1:80", "\\ud800"));
		assertRefused(RECORD.replace("{", "{\"v\":1,"));
		assertRefused(RECORD + "x");
	}

	@Test
	void decodeWhenTooLongOrNotUtf8IsRefused() {
		assertRefused(RECORD + " ".repeat(LeaseCodec.MAX_BYTES));
		byte[] record = RECORD.getBytes(StandardCharsets.UTF_8);
		record[20] = (byte) 0xff;
		assertThatExceptionOfType(InvalidLeaseRecordException.class).isThrownBy(() -> LeaseCodec.decode(record));
	}

	@Test
	void decodeOfAnyBytesReturnsALeaseOrThrowsThatOneException() {
		long seed = System.nanoTime();
		Random random = new Random(seed);
		byte[] good = RECORD.getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < 200_000; i++) {
			byte[] bytes = Arrays.copyOf(good, good.length - ((i % 3 == 0) ? random.nextInt(good.length) : 0));
			for (int flips = random.nextInt(4); flips > 0 && bytes.length > 0; flips--) {
				bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
			}
			try {
				LeaseCodec.encode(LeaseCodec.decode(bytes));
			}
			catch (InvalidLeaseRecordException ex) {
				// The one exception
			}
			catch (RuntimeException ex) {
				throw new AssertionError("seed " + seed + ": " + Arrays.toString(bytes), ex);
			}
		}
	}

	@Test
	void encodeOfWhatCannotBeDecodedIsRefused() {
		assertThatExceptionOfType(InvalidLeaseRecordException.class).isThrownBy(() -> LeaseCodec
			.encode(new Lease(LEASE.holder(), "a b", LEASE.epoch(), LEASE.state(), "", LEASE.duration())));
		assertThatExceptionOfType(InvalidLeaseRecordException.class).isThrownBy(() -> LeaseCodec
			.encode(new Lease(LEASE.holder(), "a", LEASE.epoch(), LEASE.state(), "a\nb", LEASE.duration())));
		assertThatExceptionOfType(InvalidLeaseRecordException.class).isThrownBy(() -> LeaseCodec
			.encode(new Lease(LEASE.holder(), "a", LEASE.epoch(), LEASE.state(), "", Duration.ZERO)));
	}

	private static void assertRefused(String record) {
		assertThatExceptionOfType(InvalidLeaseRecordException.class).as(record).isThrownBy(() -> decode(record));
	}

}
