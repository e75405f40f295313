/**
 * Originators' consent to passing on their messages: requested, granted, denied and revoked in
 * sealed notices, each in one commit with its effect here; and the part of it that policy uses.
 */
@NullMarked
package org.entente.gateway.feature.consent;

import org.jspecify.annotations.NullMarked;
