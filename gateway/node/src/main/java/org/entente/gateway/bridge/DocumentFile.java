package org.entente.gateway.bridge;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.format.WrittenMessage;
import org.entente.gateway.model.FileErrorText;
import org.entente.proto.v1.Document;
import org.entente.proto.v1.Draft;
import org.jspecify.annotations.Nullable;

/**
 * A file of any kind as the body of a message. Its content is not inspected: the bytes are sent
 * unchanged. Stateless.
 */
public final class DocumentFile {
  /**
   * Largest message size that a gateway can be configured to accept ({@code limits.message_bytes}).
   */
  public static final int MOST_BYTES = 16 << 20;

  private static final String CONTENT = "body.document.content";
  private static final String UNKNOWN = "application/octet-stream";

  /** By file name extension. The protocol accepts only {@code application/*}. */
  private static final Map<String, String> MEDIA_TYPES =
      Map.ofEntries(
          Map.entry("pdf", "application/pdf"),
          Map.entry("json", "application/json"),
          Map.entry("xml", "application/xml"),
          Map.entry("zip", "application/zip"),
          Map.entry("gz", "application/gzip"),
          Map.entry("rtf", "application/rtf"),
          Map.entry("p7m", "application/pkcs7-mime"),
          Map.entry("p7s", "application/pkcs7-signature"),
          Map.entry("asice", "application/vnd.etsi.asic-e+zip"),
          Map.entry("odt", "application/vnd.oasis.opendocument.text"),
          Map.entry("ods", "application/vnd.oasis.opendocument.spreadsheet"),
          Map.entry(
              "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
          Map.entry("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"));

  private DocumentFile() {}

  /**
   * Reads a file. An empty file gives a document without bytes.
   *
   * @param name the name shown to recipients; null for the file's own name
   * @param mediaType null to use the file name's extension, or {@code application/octet-stream} if
   *     that is unknown
   */
  public static WrittenMessage<Document> read(
      Path file, @Nullable String name, @Nullable String mediaType) {
    String own = String.valueOf(file.getFileName());
    try {
      if (Files.exists(file) && !Files.isRegularFile(file)) {
        return wrong(file + " is not a regular file");
      }
      try (InputStream in = Files.newInputStream(file)) {
        // One byte more than the limit, so that reading a growing file ends.
        byte[] content = in.readNBytes(MOST_BYTES + 1);
        if (content.length > MOST_BYTES) {
          return wrong(
              file + " has more than the " + MOST_BYTES + " bytes that a gateway can accept");
        }
        return new WrittenMessage.Read<>(
            Document.newBuilder()
                .setMediaType(mediaType == null ? mediaType(own) : mediaType)
                .setName(name == null ? own : name)
                .setContent(ByteString.copyFrom(content))
                .build());
      }
    } catch (IOException e) {
      return wrong(file + " cannot be read: " + FileErrorText.words(e));
    }
  }

  /** The draft if it is within its limits, as far as these can be checked without a gateway. */
  public static WrittenMessage<Draft> checked(Draft draft) {
    try {
      DraftLimits.check(draft);
      return new WrittenMessage.Read<>(draft);
    } catch (DraftFault e) {
      return new WrittenMessage.Wrong<>(e.field(), e.problem());
    }
  }

  static String mediaType(String name) {
    String end = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return MEDIA_TYPES.getOrDefault(end, UNKNOWN);
  }

  private static WrittenMessage<Document> wrong(String problem) {
    return new WrittenMessage.Wrong<>(CONTENT, problem);
  }
}
