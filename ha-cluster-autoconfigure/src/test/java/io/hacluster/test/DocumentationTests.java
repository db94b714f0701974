package io.hacluster.test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the pages of this project point to is there: files, headings, images, tests.
 */
class DocumentationTests {

	private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

	private static final Path INDEX = PROJECT.resolve("docs/README.md");

	private static final Set<String> SKIPPED = Set.of("target", "node_modules");

	private static final Pattern FENCED = Pattern.compile("^( *)(```+).*?\\n(?:.*?\\n)??\\1\\2 *$",
			Pattern.MULTILINE | Pattern.DOTALL);

	private static final Pattern CODE = Pattern.compile("`[^`\\n]+`");

	private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)(?: \"[^\"]*\")?\\)");

	private static final Pattern HEADING = Pattern.compile("^#{1,6} +(.+?) *#*$", Pattern.MULTILINE);

	private static final Pattern TEST_CLASS = Pattern.compile("`([A-Z]\\w*Tests)(?:#(\\w+))?`");

	@Test
	void linksWhenRelativeLeadToFilesAndHeadings() throws IOException {
		List<String> broken = new ArrayList<>();
		for (Path page : pages()) {
			for (String link : links(page)) {
				String problem = problem(page, link);
				if (problem != null) {
					broken.add(PROJECT.relativize(page) + ": " + link + ": " + problem);
				}
			}
		}
		assertThat(broken).isEmpty();
	}

	@Test
	void indexLeadsToEveryPageOfTheDocumentation() throws IOException {
		Set<Path> reached = new TreeSet<>();
		follow(INDEX, reached);
		try (Stream<Path> pages = Files.list(INDEX.getParent())) {
			assertThat(pages.filter((path) -> path.toString().endsWith(".md") && !path.equals(INDEX)))
				.allSatisfy((page) -> assertThat(reached).contains(page));
		}
	}

	private static void follow(Path page, Set<Path> reached) throws IOException {
		if (!page.toString().endsWith(".md") || !Files.exists(page) || !reached.add(page)) {
			return;
		}
		for (String link : links(page)) {
			if (!link.contains(":")) {
				follow(page.resolveSibling(link.replaceAll("#.*", "")).normalize(), reached);
			}
		}
	}

	@Test
	void failureMatrixNamesTestsThatExist() throws IOException {
		Map<String, Path> tests = new HashMap<>();
		files(".java").forEach((path) -> tests.put(path.getFileName().toString().replace(".java", ""), path));
		List<MatchResult> named = TEST_CLASS.matcher(Files.readString(INDEX.resolveSibling("failure-matrix.md")))
			.results()
			.toList();
		assertThat(named).isNotEmpty();
		for (MatchResult test : named) {
			assertThat(tests).containsKey(test.group(1));
			if (test.group(2) != null) {
				assertThat(Files.readString(tests.get(test.group(1)))).as(test.group())
					.contains("void " + test.group(2) + "(");
			}
		}
	}

	private static String problem(Path page, String link) throws IOException {
		if (link.matches("[a-z]+:.*")) {
			return null;
		}
		int hash = link.indexOf('#');
		String file = (hash < 0) ? link : link.substring(0, hash);
		Path target = file.isEmpty() ? page : page.resolveSibling(file).normalize();
		if (!Files.exists(target)) {
			return "there is no such file";
		}
		if (hash < 0 || !target.toString().endsWith(".md")) {
			return null;
		}
		Set<String> anchors = anchors(target);
		return anchors.contains(link.substring(hash + 1)) ? null : "there is no such heading, but " + anchors;
	}

	/**
	 * Returns the anchors of a page, as GitHub makes them of its headings.
	 */
	private static Set<String> anchors(Path page) throws IOException {
		Map<String, Integer> used = new HashMap<>();
		Set<String> anchors = new TreeSet<>();
		HEADING.matcher(FENCED.matcher(Files.readString(page)).replaceAll("")).results().forEach((heading) -> {
			String anchor = heading.group(1)
				.replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1")
				.toLowerCase(Locale.ROOT)
				.replaceAll("[^\\p{L}\\p{N}_\\- ]", "")
				.replace(' ', '-');
			int count = used.merge(anchor, 1, Integer::sum);
			anchors.add((count == 1) ? anchor : anchor + "-" + (count - 1));
		});
		return anchors;
	}

	private static List<String> links(Path page) throws IOException {
		String text = FENCED.matcher(Files.readString(page)).replaceAll("");
		// Only a link's text may be code.
		return LINK.matcher(CODE.matcher(text).replaceAll("code")).results().map((it) -> it.group(1)).toList();
	}

	private static List<Path> pages() throws IOException {
		return files(".md");
	}

	private static List<Path> files(String suffix) throws IOException {
		List<Path> files = new ArrayList<>();
		collect(PROJECT, suffix, files);
		return files;
	}

	private static void collect(Path directory, String suffix, List<Path> files) throws IOException {
		try (Stream<Path> entries = Files.list(directory)) {
			for (Path entry : entries.toList()) {
				String name = entry.getFileName().toString();
				if (Files.isDirectory(entry) && !name.startsWith(".") && !SKIPPED.contains(name)) {
					collect(entry, suffix, files);
				}
				else if (name.endsWith(suffix)) {
					files.add(entry);
				}
			}
		}
	}

}
