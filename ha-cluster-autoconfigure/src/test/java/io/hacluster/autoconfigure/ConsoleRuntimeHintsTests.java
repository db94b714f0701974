package io.hacluster.autoconfigure;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

import static org.assertj.core.api.Assertions.assertThat;

class ConsoleRuntimeHintsTests {

	@Test
	void hintsCoverEachFileOfThePage() throws IOException {
		RuntimeHints hints = new RuntimeHints();
		new ConsoleRuntimeHints().registerHints(hints, null);
		Resource[] files = new PathMatchingResourcePatternResolver()
			.getResources("classpath:META-INF/ha-cluster/console/**/*.*");
		assertThat(files).isNotEmpty()
			.allSatisfy((file) -> assertThat(
					RuntimeHintsPredicates.resource().forResource("META-INF/ha-cluster/console/" + file.getFilename()))
				.accepts(hints));
	}

}
