package io.hacluster.actuate;

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/**
 * Names the user whom Spring Security has authenticated on the current thread.
 */
public final class AuthenticatedUser implements Supplier<@Nullable String> {

	@Override
	public @Nullable String get() {
		Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
		return (authentication != null && authentication.isAuthenticated()) ? authentication.getName() : null;
	}

}
