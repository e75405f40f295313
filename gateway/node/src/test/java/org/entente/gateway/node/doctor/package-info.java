@NullMarked
package org.entente.gateway.node.doctor;

import org.jspecify.annotations.NullMarked;
