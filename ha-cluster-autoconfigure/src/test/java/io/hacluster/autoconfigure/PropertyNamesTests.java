package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whoever is told to correct a property has to find it: messages and documentation name
 * such as there are.
 */
class PropertyNamesTests {

	private static final Pattern NAME = Pattern.compile("ha\\.cluster(\\.[a-z0-9-]+)+");

	private static final Pattern QUOTED = Pattern.compile("'" + NAME + "'");

	private static final Pattern BETWEEN_PARTS_OF_A_STRING = Pattern.compile("\"\\s*\\+\\s*\"");

	private static final Path METERS = Path.of("..", "docs", "metrics.md");

	private final Set<String> known = new HashSet<>();

	PropertyNamesTests() {
		for (ConfigurationProperty property : new ConfigurationMetadata().properties()) {
			for (String name = property.name(); name.contains("."); name = name.substring(0, name.lastIndexOf('.'))) {
				this.known.add(name);
			}
		}
	}

	@Test
	void messagesNamePropertiesThatExist() throws IOException {
		Set<String> named = new HashSet<>();
		for (Path source : files(Path.of("src", "main", "java"), ".java")) {
			String text = BETWEEN_PARTS_OF_A_STRING.matcher(Files.readString(source)).replaceAll("");
			QUOTED.matcher(text).results().forEach((match) -> named.add(match.group().replace("'", "")));
		}
		assertThat(named).hasSizeGreaterThan(20).allMatch(this.known::contains);
	}

	@Test
	void documentationNamesPropertiesAndMetersThatExist() throws IOException {
		Set<String> meters = new HashSet<>();
		NAME.matcher(Files.readString(METERS)).results().forEach((match) -> meters.add(match.group()));
		Set<String> named = new HashSet<>();
		for (Path page : files(Path.of("..", "docs"), ".md")) {
			NAME.matcher(Files.readString(page)).results().forEach((match) -> named.add(match.group()));
		}
		Predicate<String> exists = this.known::contains;
		assertThat(named).hasSizeGreaterThan(50).allMatch(exists.or(meters::contains));
	}

	private static List<Path> files(Path directory, String ending) throws IOException {
		try (Stream<Path> files = Files.walk(directory)) {
			return files.filter((file) -> file.toString().endsWith(ending)).toList();
		}
	}

}
