package org.entente.gateway.config;

import static org.entente.gateway.config.ConfigBounds.bounded;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * Files that belong to messages. 0 or absent: the default.
 *
 * @param folder the folder of the files, all sealed; neither inside nor around {@code data} or
 *     {@code keystore}
 * @param fileMib largest file of a client in MiB, 2,048 by default, which is the most
 * @param clientMib MiB that the files of one client may take together, 8,192 by default
 * @param clientFiles files of one client, 1,000 by default
 * @param clientReadings attachments that one client has open for reading, 1,000 by default
 * @param clientKibPerSecond KiB a second that one client may upload, 65,536 by default
 * @param agencyMib MiB that the fetched files of one other agency may take together, 8,192 by
 *     default
 * @param agencyFiles fetched files of one other agency, 1,000 by default
 * @param agencyFetches files of one other agency that are fetched at once, 4 by default; of these,
 *     as of the two before, a client may have as many as are free
 * @param agencyKibPerSecond KiB a second that one other agency may fetch, 65,536 by default
 * @param uploadHours after how long an upload that no message has is removed, 24 by default, at
 *     most 720
 * @param availableDays for how long recipients can fetch a file, 30 by default, at most 365
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AttachmentsConfig(
    Path folder,
    @OrDefault int fileMib,
    @OrDefault int clientMib,
    @OrDefault int clientFiles,
    @OrDefault int clientReadings,
    @OrDefault int clientKibPerSecond,
    @OrDefault int agencyMib,
    @OrDefault int agencyFiles,
    @OrDefault int agencyFetches,
    @OrDefault int agencyKibPerSecond,
    @OrDefault int uploadHours,
    @OrDefault int availableDays) {
  private static final int MOST_MIB = 1 << 24;
  static final int LEAST_MESSAGE_BYTES = 256 << 10;

  public AttachmentsConfig {
    Objects.requireNonNull(folder, "attachments.folder");
    fileMib = bounded("attachments.file_mib", fileMib, 2_048, 1, 2_048);
    clientMib = bounded("attachments.client_mib", clientMib, 8_192, 1, MOST_MIB);
    clientFiles = bounded("attachments.client_files", clientFiles, 1_000, 1, 100_000);
    clientReadings = bounded("attachments.client_readings", clientReadings, 1_000, 1, 100_000);
    clientKibPerSecond =
        bounded("attachments.client_kib_per_second", clientKibPerSecond, 65_536, 256, 1 << 24);
    agencyMib = bounded("attachments.agency_mib", agencyMib, 8_192, 1, MOST_MIB);
    agencyFiles = bounded("attachments.agency_files", agencyFiles, 1_000, 1, 100_000);
    agencyFetches = bounded("attachments.agency_fetches", agencyFetches, 4, 1, 64);
    agencyKibPerSecond =
        bounded("attachments.agency_kib_per_second", agencyKibPerSecond, 65_536, 256, 1 << 24);
    uploadHours = bounded("attachments.upload_hours", uploadHours, 24, 1, 720);
    availableDays = bounded("attachments.available_days", availableDays, 30, 1, 365);
  }

  /** One would be copied, restored or replaced with the other. */
  void isApartFrom(String field, Path other) {
    // Absolute, since the normal form of "." is empty.
    Path own = folder.toAbsolutePath().normalize();
    Path its = other.toAbsolutePath().normalize();
    if (own.startsWith(its) || its.startsWith(own)) {
      throw new IllegalArgumentException(
          "attachments.folder is "
              + folder
              + " and "
              + field
              + " is "
              + other
              + "; neither may be inside the other");
    }
  }

  AttachmentsConfig copy(UnaryOperator<Path> place) {
    return new AttachmentsConfig(
        place.apply(folder),
        fileMib,
        clientMib,
        clientFiles,
        clientReadings,
        clientKibPerSecond,
        agencyMib,
        agencyFiles,
        agencyFetches,
        agencyKibPerSecond,
        uploadHours,
        availableDays);
  }
}
