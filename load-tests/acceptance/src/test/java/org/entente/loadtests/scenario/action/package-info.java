@NullMarked
package org.entente.loadtests.scenario.action;

import org.jspecify.annotations.NullMarked;
