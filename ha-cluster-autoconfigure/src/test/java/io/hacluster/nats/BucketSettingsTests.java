package io.hacluster.nats;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link BucketSettings}.
 */
class BucketSettingsTests {

	@Test
	void namesAreThoseOfAKeyValueBucket() {
		BucketSettings settings = new Settings("ha-test", 1, Duration.ofSeconds(1));
		assertThat(settings.stream()).isEqualTo("KV_ha-test");
		assertThat(settings.subject("leader")).isEqualTo("$KV.ha-test.leader");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			ha_Test-1 | 1 | PT0.01S
			ha        | 5 | PT1M
			""", delimiter = '|')
	void whenInRangeAccepts(String bucket, int replicas, Duration requestTimeout) {
		assertThatNoException().isThrownBy(() -> BucketSettings.check(bucket, replicas, requestTimeout));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			''    | 1 | PT1S       | bucket
			ha.db | 1 | PT1S       | bucket
			ha >  | 1 | PT1S       | bucket
			ha    | 0 | PT1S       | replicas
			ha    | 6 | PT1S       | replicas
			ha    | 1 | PT0.009S   | requestTimeout
			ha    | 1 | PT1M0.001S | requestTimeout
			""", delimiter = '|')
	void whenOutOfRangeNamesTheSetting(String bucket, int replicas, Duration requestTimeout, String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> BucketSettings.check(bucket, replicas, requestTimeout))
			.withMessageContaining("'" + name + "'");
	}

	@Test
	void whenABucketHasTooLongANameRefuses() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> BucketSettings.check("x".repeat(101), 1, Duration.ofSeconds(1)));
	}

	private record Settings(String bucket, int replicas, Duration requestTimeout) implements BucketSettings {

	}

}
