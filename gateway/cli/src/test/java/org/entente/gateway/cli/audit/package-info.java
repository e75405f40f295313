@NullMarked
package org.entente.gateway.cli.audit;

import org.jspecify.annotations.NullMarked;
