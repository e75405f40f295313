/** Analysis of policy: expectations, comparison of rulebooks, replay of past messages. */
@NullMarked
package org.entente.gateway.policy.analysis;

import org.jspecify.annotations.NullMarked;
