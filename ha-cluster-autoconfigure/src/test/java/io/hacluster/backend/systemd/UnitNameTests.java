package io.hacluster.backend.systemd;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link UnitName}.
 */
class UnitNameTests {

	@Test
	void nameWithoutSuffixIsThatOfAService() {
		assertThat(UnitName.of("convex-backend")).isEqualTo("convex-backend.service");
		assertThat(UnitName.of("convex.v2")).isEqualTo("convex.v2.service");
		assertThat(UnitName.of("a@b.service")).isEqualTo("a@b.service");
		assertThat(UnitName.of("network-online.target")).isEqualTo("network-online.target");
		assertThat(UnitName.of("dev-sda\\x2d1.device")).isEqualTo("dev-sda\\x2d1.device");
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "-x", "--now", "a b", "a/b", "a;b", "a\nb", "../a", ".service", "a@", "ü", "a*" })
	void nameThatIsNoneIsRefused(String name) {
		assertThatIllegalArgumentException().isThrownBy(() -> UnitName.of(name));
	}

	@Test
	void nameThatIsTooLongIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> UnitName.of("a".repeat(248)));
	}

	@Test
	void unitThatIsNoServiceIsRefusedAsABackend() {
		assertThatIllegalArgumentException().isThrownBy(() -> UnitName.service("multi-user.target"));
	}

}
