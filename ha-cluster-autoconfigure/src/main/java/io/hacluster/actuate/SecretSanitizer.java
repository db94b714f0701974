package io.hacluster.actuate;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Keeps the secrets of {@code ha.cluster} out of the endpoints {@code env} and
 * {@code configprops} where these are told to show values. Stateless.
 */
public final class SecretSanitizer implements SanitizingFunction {

	private static final Pattern NOT_IN_NAMES = Pattern.compile("[-_.\\[\\]0-9]");

	private static final List<String> SECRETS = List.of("haclusternatspassword", "haclusternatstoken",
			"haclusternatsnkeyseed", "haclusterbackendprocessenvironment", "haclusterbackenddockerenvironment");

	private static final String SERVERS = "haclusternatsservers";

	/**
	 * Where properties of all kinds are found within one value.
	 */
	private static final List<String> MIXTURES = List.of("sunjavacommand", "springapplicationjson", "javatooloptions",
			"jdkjavaoptions", "commandlineargs");

	private static final Pattern USER = Pattern.compile("(^|,\\s*|//)[^/@,\\s]*@");

	@Override
	public SanitizableData apply(SanitizableData data) {
		String name = simplified(data.getKey());
		if (SECRETS.stream().anyMatch(name::startsWith)) {
			return data.withSanitizedValue();
		}
		String text = text(data.getValue());
		if (MIXTURES.contains(name)) {
			String simplified = (text != null) ? simplified(text) : "";
			return SECRETS.stream().anyMatch(simplified::contains) || simplified.contains(SERVERS)
					|| simplified.contains("ha\":") ? data.withSanitizedValue() : data;
		}
		if (name.startsWith(SERVERS) && text != null) {
			return data.withValue(USER.matcher(text).replaceAll("$1" + SanitizableData.SANITIZED_VALUE + "@"));
		}
		return data;
	}

	private static @Nullable String text(@Nullable Object value) {
		return (value instanceof CharSequence) ? value.toString() : null;
	}

	private static String simplified(String name) {
		return NOT_IN_NAMES.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("");
	}

}
