package org.entente.gateway.repository;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;

/** Leaves out tests: this module's own, and those that other modules share as jars. */
final class ProductionCode implements ImportOption {
  /** All classes of the gateway, read once: that takes longer than the tests of them. */
  static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ProductionCode())
          .importPackages("org.entente.gateway");

  @Override
  public boolean includes(Location location) {
    return !location.contains("/test-classes/") && !location.contains("-tests.jar");
  }
}
