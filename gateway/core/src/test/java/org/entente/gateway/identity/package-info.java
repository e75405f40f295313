/** Wrong certificates, wrong names and missing scopes. */
@NullMarked
package org.entente.gateway.identity;

import org.jspecify.annotations.NullMarked;
