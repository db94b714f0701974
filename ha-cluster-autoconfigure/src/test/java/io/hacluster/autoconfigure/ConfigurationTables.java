package io.hacluster.autoconfigure;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tables of {@code docs/configuration.md}, made of the configuration metadata. A
 * table stands between the markers {@code <!-- properties: PREFIX -->} and
 * {@code <!-- end of properties -->}; a property is in the one with the longest prefix of
 * its name. What a description says in sentences that begin with "Falls back to" or
 * "Required" goes into the column of defaults.
 */
final class ConfigurationTables {

	private static final Pattern TABLE = Pattern.compile("<!-- properties: (\\S+) -->\\n.*?<!-- end of properties -->",
			Pattern.DOTALL);

	private static final Pattern FALLBACK = Pattern.compile("(?:^|(?<=\\. ))Falls back to (.+?)\\.(?= [A-Z]|$) ?");

	private static final Pattern REQUIRED = Pattern.compile("(?:^|(?<=\\. ))(Required[^.]*)\\.(?= [A-Z]|$) ?");

	private static final String ROOT = "ha.cluster.";

	private final List<ConfigurationProperty> properties;

	ConfigurationTables(List<ConfigurationProperty> properties) {
		this.properties = List.copyOf(properties);
	}

	/**
	 * Returns a page with its tables as they should be.
	 * @param page the page
	 * @throws IllegalStateException if a property belongs into none of its tables
	 */
	String update(String page) {
		Map<String, StringBuilder> tables = new LinkedHashMap<>();
		List<String> prefixes = TABLE.matcher(page).results().map((it) -> it.group(1)).toList();
		prefixes.forEach((prefix) -> tables.put(prefix,
				new StringBuilder("| property | type | default | meaning |\n|---|---|---|---|\n")));
		for (ConfigurationProperty property : this.properties) {
			tables.get(prefixOf(property, prefixes)).append(row(property));
		}
		return TABLE.matcher(page)
			.replaceAll((MatchResult it) -> Matcher.quoteReplacement("<!-- properties: " + it.group(1) + " -->\n"
					+ tables.get(it.group(1)) + "<!-- end of properties -->"));
	}

	private static String prefixOf(ConfigurationProperty property, List<String> prefixes) {
		return prefixes.stream()
			.filter((prefix) -> property.name().startsWith(prefix + "."))
			.max(Comparator.comparing(String::length))
			.orElseThrow(() -> new IllegalStateException("No table of the page is for '" + property.name() + "'"));
	}

	private static String row(ConfigurationProperty property) {
		String name = property.name().startsWith(ROOT) ? property.name().substring(ROOT.length()) : property.name();
		String meaning = property.description();
		String fallback = "";
		if (property.defaultText() != null && !property.defaultText().isEmpty()) {
			fallback = "`" + property.defaultText() + "`";
		}
		else {
			Matcher required = REQUIRED.matcher(meaning);
			Matcher absent = FALLBACK.matcher(meaning);
			if (required.find()) {
				fallback = required.group(1).substring(0, 1).toLowerCase() + required.group(1).substring(1);
				meaning = required.replaceFirst("");
			}
			else if (absent.find()) {
				fallback = absent.group(1);
				meaning = absent.replaceFirst("");
			}
		}
		return ("| `" + name + (isMap(property) ? ".*" : "") + "` | " + type(property) + " | " + code(fallback) + " | "
				+ code(meaning.strip()) + values(property) + " |\n")
			.replace("|  |", "| |");
	}

	private static boolean isMap(ConfigurationProperty property) {
		return property.type().startsWith("java.util.Map");
	}

	private static String values(ConfigurationProperty property) {
		StringBuilder text = new StringBuilder();
		property.values().forEach((value, description) -> text.append(" `" + value + "`: " + code(description)));
		return text.toString();
	}

	/**
	 * What is quoted in a description is code.
	 */
	private static String code(String text) {
		return text.replaceAll("\"([^\"]+)\"", "`$1`").replace("|", "\\|");
	}

	private static String type(ConfigurationProperty property) {
		String type = property.type();
		if (type.startsWith("java.util.List<")) {
			return "list" + (type.contains("String") ? "" : " of " + simple(type.replaceAll(".*<|>", "")) + "s");
		}
		return simple(isMap(property) ? "java.lang.String" : type);
	}

	private static String simple(String type) {
		return switch (type) {
			case "java.lang.String" -> "text";
			case "java.lang.Boolean" -> "boolean";
			case "java.lang.Integer", "java.lang.Long", "java.lang.Double" -> "number";
			case "java.net.URI" -> "URL";
			case "java.time.Duration" -> "duration";
			case "org.springframework.util.unit.DataSize" -> "size";
			default -> "choice";
		};
	}

}
