package io.hacluster.replication.nats;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.Fuzz;
import io.hacluster.test.Seeds;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link StoredObject}: whatever stands where the description of an object
 * belongs.
 */
class StoredObjectTests {

	private static final LtxName NAME = LtxName.batch(7);

	private static final ZonedDateTime STORED = ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 0, ZoneOffset.UTC);

	private static final StoredObject OBJECT = new StoredObject(NAME, "abcDEF123", 330, 13,
			StoredObject.digest(StoredObject.newDigest()), Instant.parse("2026-01-02T03:04:05.6Z"), false);

	private final Fuzz fuzz = new Fuzz(1 << 20, 200);

	@Test
	void decodeReadsWhatEncodeWrote() {
		byte[] body = OBJECT.encode(new Bucket("bucket"));
		assertThat(StoredObject.decode(NAME, body, STORED)).contains(OBJECT);
		byte[] deleted = OBJECT.deletion().encode(new Bucket("bucket"));
		assertThat(StoredObject.decode(NAME, deleted, STORED)).contains(OBJECT.deletion());
	}

	@Test
	void decodeWhenDamagedIsEmptyOrNamesTheSameFile() {
		List<byte[]> bodies = List.of(OBJECT.encode(new Bucket("bucket")),
				OBJECT.deletion().encode(new Bucket("bucket")),
				"{\"name\":\"ltx/0/0000000000000007-0000000000000007.ltx\",\"nuid\":\"x\"}"
					.getBytes(StandardCharsets.UTF_8));
		Seeds.run(200, (random) -> {
			for (int i = 0; i < 100; i++) {
				byte[] body = Fuzz.damage(bodies.get(random.nextInt(bodies.size())), bodies, random);
				Optional<StoredObject> object = this.fuzz.parse(body,
						(bytes) -> StoredObject.decode(NAME, bytes, STORED));
				object.ifPresent((found) -> {
					assertThat(found.name()).isEqualTo(NAME);
					assertThat(found.nuid()).matches("[A-Za-z0-9]+");
					assertThat(Math.min(found.size(), found.chunks())).isNotNegative();
				});
			}
		});
		assertThat(this.fuzz.inputs()).isGreaterThanOrEqualTo(20_000);
	}

	/**
	 * The parser calls itself for each of them: its stack would overflow, and the thread
	 * that follows the log would die.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "[", "{\"a\":", "{\"headers\":[" })
	void decodeWhenNestedDeeplyIsEmpty(String level) throws Exception {
		byte[] body = level.repeat(1_000_000 / level.length()).getBytes(StandardCharsets.UTF_8);
		assertThat(StoredObject.decode(NAME, body, STORED)).isEmpty();
	}

}
