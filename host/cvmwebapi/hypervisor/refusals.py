"""What VirtualBox says when it refuses, and what that means. Pure.

The words are VirtualBox's own, from 6.1 to 7.2: its status codes (VERR_…, VBOX_E_…) change less than its sentences.
"""

from __future__ import annotations

from cvmwebapi.errors import CVMError
from cvmwebapi.texts import phrase
from cvmwebapi.texts.codes import StepCode

# The first that fits counts: the special ones come first. All in lower case.
_CAUSES = (
    ("driverMissing", ("rc=-1908", "verr_vm_driver_not_installed", "verr_vm_driver_load_error",
                       "kernel driver not installed")),
    ("driverForbidden", ("rc=-1909", "verr_vm_driver_not_accessible")),
    ("driverMismatch", ("rc=-1912", "verr_vm_driver_version_mismatch", "verr_vmm_r0_version_mismatch")),
    ("virtualizationOff", ("verr_vmx_msr_all_vmx_disabled", "verr_vmx_msr_vmx_disabled", "verr_vmx_msr_vmxon_disabled",
                           "verr_vmx_msr_locked_or_disabled", "verr_svm_disabled", "disabled in the bios")),
    ("virtualizationBusy", ("verr_vmx_in_vmx_root_mode", "verr_svm_in_use", "used by another hypervisor",
                            "can't operate in vmx root mode")),
    ("virtualizationMissing", ("verr_vmx_no_vmx", "verr_svm_no_svm", "verr_nem_not_available", "verr_nem_not_enabled",
                               "vt-x is not available", "amd-v is not available")),
    ("architectureWrong", ("vbox_e_platform_arch_not_supported", "verr_platform_architecture_not_supported")),
    ("memoryShort", ("verr_no_memory", "verr_no_page_memory", "verr_no_low_memory", "verr_no_cont_memory",
                     "verr_em_no_memory", "vinf_em_no_memory", "hostmemorylow", "verr_gmm_hit_global_limit",
                     "e_outofmemory", "0x8007000e")),
    ("hostDiskFull", ("verr_disk_full", "drvvd_diskfull", "devata_diskfull", "no space left on device")),
    ("savedStateUnusable", ("verr_ssm_", "saved state file", "failed to load unit")),
    ("virtualboxForbidden", ("virtualbox.xml",)),
    ("machineLocked", ("vbox_e_invalid_object_state", "0x80bb0007", "is already locked")),
    ("virtualboxUnavailable", ("failed to create the virtualbox object", "ns_error_call_failed", "ns_error_abort",
                               "ns_error_factory_not_registered", "server is not available",
                               "rpc server is unavailable", "0x800706ba", "0x800706be", "0x80010108")),
)  # fmt: skip
_UNKNOWN_MACHINE = ("could not find a registered machine", "vbox_e_object_not_found", "0x80bb0001")
# Machine and VBoxSVC say so while they are on their way to another state.
_NOT_READY = ("object is not ready", "object functionality is limited", "being locked or unlocked",
              "or being unlocked", "has tried to lock the machine")  # fmt: skip


def cause(text: str) -> str:
    """The name of the error in our table that ``text`` speaks of; ``""`` when it tells nothing special."""
    lower = text.lower()
    for name, signs in _CAUSES:
        if any(sign in lower for sign in signs):
            return name
    return ""


def as_error(text: str, step: StepCode) -> CVMError:
    """VirtualBox's refusal of a step (``phrase.step``), as a person is told of it."""
    name = cause(text)
    if name:
        return CVMError(name)
    return CVMError("hypervisorFailed", step=phrase.step(step), detail=main_message(text))


def passes(text: str) -> bool:
    """Whether the same call may well succeed a moment later."""
    return locked(text) or gone(text)


def gone(text: str) -> bool:
    """Whether VirtualBox's server is just starting, or has just ended."""
    return cause(text) == "virtualboxUnavailable"


def locked(text: str) -> bool:
    """Whether another process holds the machine, or it is on its way to another state."""
    lower = text.lower()
    return cause(text) == "machineLocked" or any(sign in lower for sign in _NOT_READY)


def unknown_machine(text: str) -> bool:
    """Whether VirtualBox has no such machine."""
    lower = text.lower()
    return any(sign in lower for sign in _UNKNOWN_MACHINE)


def inaccessible(text: str) -> bool:
    """Whether VirtualBox has the machine on its list, but can't read its settings."""
    return "object functionality is limited" in text.lower()


def main_message(text: str) -> phrase.Value:
    """VirtualBox's main message, without the details of its inner life; at most 300 characters."""
    for line in text.splitlines():
        _, mark, message = line.partition("VBoxManage: error: ")
        if mark and not message.startswith(("Details:", "Context:")):
            return message.strip()[:300]
    lines = text.strip().splitlines()
    return lines[-1][:300] if lines else phrase.detail("noReason")
