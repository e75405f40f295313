/**
 * The originator's consent to passing on what it sent: asked for, granted, denied and revoked in
 * sealed notices, each in one commit with what it changes here; and what of it policy is given.
 */
@NullMarked
package org.entente.gateway.consent;

import org.jspecify.annotations.NullMarked;
