package io.hacluster.actuate;

import java.lang.reflect.Method;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.bind.annotation.RequestParam;

import io.hacluster.operation.InvalidRequestException;

/**
 * Answers OPTIONS for the role checks. Actuator has no operation for that method, and
 * Spring answers it with 200 wherever anything is mapped; a load balancer that asks so,
 * as HAProxy does unless told otherwise, would take every node for the leader.
 */
final class RoleCheckOptions {

	private static final HttpMethod[] ALLOWED = { HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS };

	private final RoleChecks checks;

	private final String role;

	private RoleCheckOptions(RoleChecks checks, String role) {
		this.checks = checks;
		this.role = role;
	}

	/**
	 * Returns what answers.
	 * @param checks the checks
	 * @return one for each check
	 */
	static List<RoleCheckOptions> all(RoleChecks checks) {
		return RoleChecks.NAMES.stream().map((role) -> new RoleCheckOptions(checks, role)).toList();
	}

	/**
	 * Returns the method that answers, for a mapping.
	 * @return the method
	 */
	static Method method() {
		Method method = ReflectionUtils.findMethod(RoleCheckOptions.class, "check", MultiValueMap.class);
		if (method == null) {
			throw new IllegalStateException("'check' is missing");
		}
		return method;
	}

	/**
	 * Returns where it answers.
	 * @param endpoint the path of the endpoint
	 * @return the path
	 */
	String path(String endpoint) {
		return endpoint + "/" + this.role;
	}

	ResponseEntity<String> check(@RequestParam MultiValueMap<String, String> parameters) {
		try {
			return ResponseEntity.status(
					this.checks.passes(this.role, maxLag(parameters)) ? HttpStatus.OK : HttpStatus.SERVICE_UNAVAILABLE)
				.allow(ALLOWED)
				.build();
		}
		catch (InvalidRequestException ex) {
			return ResponseEntity.badRequest().allow(ALLOWED).body(ex.getMessage());
		}
	}

	/**
	 * One that is there twice makes no sense, and is none.
	 */
	private @Nullable String maxLag(MultiValueMap<String, String> parameters) {
		for (String name : parameters.keySet()) {
			if (!name.equals(RoleChecks.MAX_LAG)) {
				throw new InvalidRequestException(RoleChecks.takesNo(this.role, name));
			}
		}
		List<String> values = parameters.get(RoleChecks.MAX_LAG);
		return (values != null) ? String.join(",", values) : null;
	}

}
