package io.hacluster.backend.systemd;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The name of a unit, checked against systemd.unit(5) before it gets near a command line.
 */
public final class UnitName {

	private static final int MAX_LENGTH = 255;

	private static final String SERVICE = ".service";

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9:_.\\\\@][A-Za-z0-9:_.\\\\@-]*");

	private static final List<String> SUFFIXES = List.of(SERVICE, ".socket", ".device", ".mount", ".automount", ".swap",
			".target", ".path", ".timer", ".slice", ".scope");

	private UnitName() {
	}

	/**
	 * Completes the name of any unit.
	 * @param name the name, with the suffix of its type or without
	 * @return the name, with {@code .service} if it had no suffix
	 * @throws IllegalArgumentException if that is no name of a unit, saying why
	 */
	public static String of(String name) {
		String unit = SUFFIXES.stream().anyMatch(name::endsWith) ? name : name + SERVICE;
		if (!NAME.matcher(name).matches() || SUFFIXES.contains(name)) {
			throw new IllegalArgumentException(
					"A unit is named by letters, digits and any of ':_.\\@-', and not beginning with '-'");
		}
		if (unit.length() > MAX_LENGTH) {
			throw new IllegalArgumentException("The name of a unit has at most " + MAX_LENGTH + " characters");
		}
		if (unit.contains("@.")) {
			throw new IllegalArgumentException(
					"A template cannot run: name an instance of it, such as '" + unit.replace("@.", "@main.") + "'");
		}
		return unit;
	}

	/**
	 * Completes the name of a service.
	 * @param name the name, with {@code .service} or without
	 * @return the name with {@code .service}
	 * @throws IllegalArgumentException if that is no name of a service, saying why
	 */
	public static String service(String name) {
		String unit = of(name);
		if (!unit.endsWith(SERVICE)) {
			throw new IllegalArgumentException("It must be a service: other units have no process to look after");
		}
		return unit;
	}

}
