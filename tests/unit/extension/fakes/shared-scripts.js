// The classic scripts that background and windows load for their effect, with a fake `chrome` there before them.
import "./browser.js";
import "../../../../extension/shared/text-parameters.js";
import "../../../../extension/shared/translation.js";
import "../../../../extension/shared/error-codes.js";
import "../../../../extension/shared/error-text.js";
import "../../../../extension/shared/protocol.js";
import "../../../../extension/shared/request-shape.js";
import "../../../../extension/shared/pace.js";
