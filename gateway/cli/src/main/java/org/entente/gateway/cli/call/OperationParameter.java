package org.entente.gateway.cli.call;

import com.google.protobuf.ByteString;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.OperationId;
import picocli.CommandLine.Parameters;

/** Parameter that names a joint operation. */
public final class OperationParameter {
  @Parameters(index = "0", paramLabel = "OPERATION", description = "operation id, 32 hex digits")
  private String id = "";

  public ByteString id() {
    return parse("OPERATION", id);
  }

  @Override
  public String toString() {
    return id;
  }

  /**
   * Parses an operation id.
   *
   * @param where the option or parameter, for the error
   */
  static ByteString parse(String where, String id) {
    try {
      return ByteString.copyFrom(OperationId.parse(id).bytes());
    } catch (InvalidValue e) {
      throw new UsageError(where + ": " + e.getMessage(), e);
    }
  }
}
